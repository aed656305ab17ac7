"""Topic instalments: the same figures as due_date."""

from tests.peers.adapters.due_date import figures

__all__ = ["figures"]
