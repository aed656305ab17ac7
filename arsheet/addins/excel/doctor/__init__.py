"""What keeps the add-in from working on a machine: facts gathered first, then judged without asking again."""
