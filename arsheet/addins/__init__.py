"""The registries turned into what each application can load, and the local service that answers them."""
