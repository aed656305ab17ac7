"""What publish.py makes."""
