"""The picture that may leave the office: gathered as a sheet, drawn by matplotlib, with no browser and no screen."""
