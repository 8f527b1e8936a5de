using IdentityModel.Client;

var policy = new DiscoveryPolicy { RequireHttps = settings.RequireHttps };
