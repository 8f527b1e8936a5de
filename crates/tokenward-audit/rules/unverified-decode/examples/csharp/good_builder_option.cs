using JWT.Builder;

class Users
{
    public User Authenticate(string token)
    {
        var claims = JwtBuilder.Create().WithAlgorithm(algorithm).WithVerifySignature(true).Decode<Claims>(token);
        return new User(claims.Sub);
    }
}
