using JWT.Builder;

class Users
{
    public User Authenticate(string token)
    {
        var claims = JwtBuilder.Create().WithAlgorithm(algorithm).MustVerifySignature().Decode<Claims>(token);
        return new User(claims.Sub);
    }
}
