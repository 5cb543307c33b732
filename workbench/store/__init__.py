"""Every query, by subject. Functions take a connection and return domain records; none of them commits."""
