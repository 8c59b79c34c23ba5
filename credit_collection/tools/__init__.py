from . import placeholders, workdays
