services.AddOpenIddict().AddServer(options => options.DisableAuthorizationStorage());
