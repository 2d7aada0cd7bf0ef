using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LeaseElection.Hosting.AspNetCore.Tests;

/// <summary>Believes whatever name is in the header <c>User</c>. <c>olga</c> is an operator.</summary>
internal sealed class HeaderAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logs, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logs, encoder)
{
    public const string Header = "User";

    public static void Add(IServiceCollection services)
    {
        services.AddAuthentication(Header).AddScheme<AuthenticationSchemeOptions, HeaderAuthentication>(Header, null);
        services.AddAuthorization(authorization => authorization.AddPolicy("operators", policy => policy.RequireUserName("olga")));
    }

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        string name = Request.Headers[Header].ToString();
        return Task.FromResult(name.Length == 0 ? AuthenticateResult.NoResult() : AuthenticateResult.Success(
            new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, name)], Header)), Header)));
    }
}
