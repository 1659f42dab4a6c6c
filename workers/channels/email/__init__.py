"""Mail to one recipient through the mail server of TOCSIN_SMTP_URL."""
