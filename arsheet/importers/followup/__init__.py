"""What people type beside a document: written dates, promises, disputes and next steps."""
