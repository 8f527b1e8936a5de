using Microsoft.AspNetCore.Authentication.JwtBearer;

var options = new JwtBearerOptions
{
    Authority = "http://auth.example",
    RequireHttpsMetadata = false, // finding: medium
};
