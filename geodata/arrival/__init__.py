"""How deliveries come in: who may send, what is checked, what is written, and what becomes of rows that are refused."""
