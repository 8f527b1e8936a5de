using IdentityModel.Client;

var policy = new DiscoveryPolicy();
policy.RequireHttps = false; // finding: medium
var cache = new DiscoveryCache(authority, policy);
