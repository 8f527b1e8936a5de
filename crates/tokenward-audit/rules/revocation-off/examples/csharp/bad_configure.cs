builder.Services.AddOpenIddict().AddServer(server =>
{
    server.UseAspNetCore();
    server.DisableTokenStorage().DisableAuthorizationStorage(); // finding: medium
});
