import jwt
from django.forms.models import model_to_dict


def issue(user):
    return jwt.encode({**model_to_dict(user), "exp": soon()}, KEY)  # finding: medium
