"""Alembic's entry: runs on the connection that `geodata.schema` hands over, in one transaction."""

from alembic import context

from geodata.model import Base

context.configure(
    connection=context.config.attributes["connection"], target_metadata=Base.metadata, transactional_ddl=True
)
with context.begin_transaction():
    context.run_migrations()
