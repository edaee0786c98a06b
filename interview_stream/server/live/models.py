"""The number of the last transaction, by which a reader knows which write sets its snapshot holds."""

from django.db import models


class Clock(models.Model):
    """One row, counted up by each transaction that writes (triggers.py)."""

    number = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.number)
