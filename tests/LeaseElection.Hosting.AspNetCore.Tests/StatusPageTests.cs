using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;

namespace LeaseElection.Hosting.AspNetCore.Tests;

/// <summary>What can be said of the page without a browser.</summary>
public sealed partial class StatusPageTests : WebTest
{
    private const string Browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";

    [Theory]
    [InlineData(Browser, "text/html")]
    [InlineData("text/html", "text/html")]
    [InlineData("application/json;q=0.5, text/html", "text/html")]
    [InlineData("application/json, text/html;q=0.5", "application/json")]
    [InlineData("application/json", "application/json")]
    [InlineData("text/html;q=0", "application/json")]
    [InlineData("*/*", "application/json")]
    [InlineData("nonsense", "application/json")]
    public async Task Status_Asked_IsWhatTheClientAccepts(string accept, string mediaType)
    {
        WebReplica replica = await StartAsync(app => app.MapLeaderElection("/leader-election"), new FakeElection());
        replica.Client.DefaultRequestHeaders.TryAddWithoutValidation("Accept", accept);
        WebAnswer answer = await replica.GetAsync("/leader-election");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(mediaType, answer.MediaType);
        Assert.Equal("Accept", answer.Response.Headers.Vary.Single());
        Assert.Equal("application/json", (await replica.GetAsync("/leader-election/default")).MediaType);
    }

    [Fact]
    public async Task Page_Sent_LoadsNothingFromElsewhereAndRunsNothingButItsOwn()
    {
        WebReplica replica = await StartAsync(app => app.MapLeaderElection("/leader-election"), new FakeElection());
        WebAnswer one = await replica.GetAsync("/leader-election", ("Accept", Browser));
        WebAnswer other = await replica.GetAsync("/leader-election", ("Accept", Browser));
        Assert.DoesNotContain("://", one.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("{{", one.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("innerHTML", one.Text, StringComparison.Ordinal);
        string[] nonces = [.. Nonce().Matches(one.Text).Select(match => match.Groups["value"].Value)];
        Assert.Equal(2, nonces.Length);
        string policy = one.Response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.All(nonces, nonce => Assert.Contains($"script-src 'nonce-{nonce}'", policy, StringComparison.Ordinal));
        Assert.DoesNotContain(nonces[0], other.Text, StringComparison.Ordinal);
        Assert.True(one.Response.Headers.CacheControl?.NoStore);
    }

    [Theory]
    [InlineData(false, "data-step-down=\"no\"")]
    [InlineData(true, "data-step-down=\"yes\"")]
    public async Task Page_StepDown_IsOfferedOnlyIfMapped(bool mapped, string expected)
    {
        WebReplica replica = await StartAsync(
            app => app.MapLeaderElection("/leader-election", options =>
            {
                if (mapped)
                    options.MapStepDown(endpoint => endpoint.AllowAnonymous());
            }),
            new FakeElection());
        Assert.Contains(expected, (await replica.GetAsync("/leader-election", ("Accept", Browser))).Text, StringComparison.Ordinal);
    }

    [GeneratedRegex("nonce=\"(?<value>[0-9A-F]{32})\"", RegexOptions.NonBacktracking)]
    private static partial Regex Nonce();
}
