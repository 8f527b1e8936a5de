using JWT.Builder;

class Users
{
    public User Authenticate(string token)
    {
        var claims = JwtBuilder.Create().WithVerifySignature(false).Decode<Claims>(token); // finding: uncertain
        return new User(claims.Sub);
    }
}
