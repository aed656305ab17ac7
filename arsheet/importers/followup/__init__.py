"""What people type beside a document, in an online sheet or elsewhere: written dates, promises, disputes, next steps."""
