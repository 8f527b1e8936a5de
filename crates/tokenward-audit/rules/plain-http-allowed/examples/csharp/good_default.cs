using Microsoft.Owin.Security.OAuth;

app.UseOAuthAuthorizationServer(new OAuthAuthorizationServerOptions
{
    TokenEndpointPath = new PathString("/token"),
    AllowInsecureHttp = false,
});
