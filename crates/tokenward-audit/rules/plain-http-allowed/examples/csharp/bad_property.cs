using Microsoft.Owin.Security.OAuth;

var options = new OAuthAuthorizationServerOptions();
options.AllowInsecureHttp = true; // finding: medium
app.UseOAuthAuthorizationServer(options);
