"""Who is at the door: passwords, codes sent by telephone, tokens for programs, and the reader they lead to."""
