using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

builder.Services.AddAuthentication().AddOpenIdConnect(o =>
{
    o.RequireHttpsMetadata = false; // finding: uncertain
    o.TokenValidationParameters = new TokenValidationParameters { ValidIssuer = "shop" };
});
