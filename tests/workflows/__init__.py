"""The workflows as act runs them: on this machine, without containers, against the servers of the tests."""
