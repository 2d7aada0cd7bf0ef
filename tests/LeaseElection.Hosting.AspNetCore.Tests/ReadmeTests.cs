using System.Net;
using LeaseElection.Testing;

namespace LeaseElection.Hosting.AspNetCore.Tests;

/// <summary>What the README says is what the code does.</summary>
public sealed class ReadmeTests : WebTest
{
    [Fact]
    public void Snippet_IsCompiledLineForLine()
    {
        string program = File.ReadAllText(
            Path.Combine(Checkout.Root, "tests", "LeaseElection.Hosting.AspNetCore.Tests", "ReadmeProgram.cs"));
        string readme = File.ReadAllText(Path.Combine(Checkout.Root, "src", "LeaseElection.Hosting.AspNetCore", "README.md"));
        string[] lines = [.. readme.Split("```csharp\n")
            .Select(block => block.Split("```")[0]).Single(block => block.StartsWith("app.MapLeaderElection", StringComparison.Ordinal))
            .Split('\n').Select(line => line.Trim())];
        Assert.Contains(lines, line => line.EndsWith("RequireLeadership();", StringComparison.Ordinal));
        Assert.All(lines, line => Assert.Contains(line, program, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Snippet_OnTheLeader_Works()
    {
        WebReplica leader = await StartAsync("alice", ReadmeProgram.Map, HeaderAuthentication.Add);
        await leader.LeadAsync();
        Assert.Equal("settled", (await leader.PostAsync("/settle")).Text);
        Assert.Equal(HttpStatusCode.Unauthorized, (await leader.PostAsync("/leader-election/default/step-down")).Status);
    }
}
