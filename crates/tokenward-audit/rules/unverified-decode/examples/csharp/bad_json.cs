using Microsoft.IdentityModel.JsonWebTokens;

public class CurrentUser
{
    private readonly JsonWebTokenHandler _handler = new();

    public string GetUserId(string bearerToken)
    {
        return _handler.ReadJsonWebToken(bearerToken).Subject; // finding: uncertain
    }
}
