import jwt
from django.db import models


class Token(models.Model):
    token = models.CharField(max_length=500)
    created = models.DateTimeField(auto_now_add=True)

    def save(self, *args, **kwargs):
        self.token = jwt.encode({"user": self.user_id}, SECRET, algorithm="HS256")  # finding: uncertain
        super().save(*args, **kwargs)
