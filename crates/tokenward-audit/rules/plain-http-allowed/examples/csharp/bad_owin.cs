using Microsoft.Owin.Security.OAuth;

public class Startup
{
    public void Configuration(IAppBuilder app)
    {
        app.UseOAuthAuthorizationServer(new OAuthAuthorizationServerOptions
        {
            TokenEndpointPath = new PathString("/token"),
            AllowInsecureHttp = true, // finding: medium
        });
    }
}
