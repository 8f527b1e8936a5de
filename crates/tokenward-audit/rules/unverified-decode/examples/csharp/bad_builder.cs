using JWT.Builder;

class Users
{
    public User Authenticate(string token)
    {
        var claims = JwtBuilder.Create().DoNotVerifySignature().Decode<Claims>(token); // finding
        return new User(claims.Sub);
    }
}
