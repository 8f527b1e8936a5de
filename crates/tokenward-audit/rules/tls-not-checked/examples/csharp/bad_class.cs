using Microsoft.AspNetCore.Authentication.JwtBearer;

class JwtSetup
{
    void Configure(JwtBearerOptions jwt)
    {
        jwt.Audience = "shop";
        jwt.RequireHttpsMetadata = false; // finding: high
    }
}
