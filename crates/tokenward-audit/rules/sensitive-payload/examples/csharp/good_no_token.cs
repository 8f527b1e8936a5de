using System.Security.Claims;

class Directory
{
    // Claims about an entry of our own directory; nothing here makes tokens. Jwt
    Claim Of(User user) => new Claim("password", user.Password);
}
