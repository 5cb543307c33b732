"""Work that goes out: overflow is published to another lab that speaks the protocol, and comes back as answers."""
