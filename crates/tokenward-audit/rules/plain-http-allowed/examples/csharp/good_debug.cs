using Microsoft.Owin.Security.OAuth;

public class Startup
{
    public void Configuration(IAppBuilder app)
    {
        var options = new OAuthAuthorizationServerOptions();
#if DEBUG
        options.AllowInsecureHttp = true;
#endif
        app.UseOAuthAuthorizationServer(options);
    }
}
