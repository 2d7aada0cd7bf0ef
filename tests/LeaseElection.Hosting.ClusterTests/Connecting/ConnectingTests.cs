using LeaseElection.Testing.FakeApiServer;
using Xunit.Abstractions;

namespace LeaseElection.Hosting.ClusterTests.Connecting;

/// <summary>
/// Whatever kubectl reaches, we reach, and as the same user; what it refuses, we refuse. Each row is one form of input; a fake API server
/// says what it saw. Without kubectl only ourselves are looked at.
/// </summary>
public sealed class ConnectingTests(ITestOutputHelper output)
{
    private static readonly string[] AllForms = [.. ConnectionCases.All.Select(connection => connection.Form)];

    public static TheoryData<string> Forms => [.. AllForms];

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Connect_ByThisForm_AsKubectlDoes(string form)
    {
        int row = Array.IndexOf(AllForms, form);
        ConnectionCase connection = ConnectionCases.All[row];
        await using ConnectionScene scene = await ConnectionScene.StartAsync(connection.Listens, connection.PathBase);
        connection.Arrange(scene);

        List<string> cells = [form];
        List<string> wrong = [];
        foreach (IConnector connector in Connectors.All)
        {
            string seen = "";
            if (connector.Knows(connection))
            {
                (seen, string? error) = await ConnectAsync(connector, scene);
                string expected = connection.ExpectedOf(connector.Name);
                if (seen != expected)
                    wrong.Add($"{connector.Name}: expected \"{expected}\", seen \"{seen}\" {error}");
                if (connector is OwnConnector && connection.Says is { } says && error?.Contains(says, StringComparison.Ordinal) is not true)
                    wrong.Add($"{connector.Name}: should say \"{says}\", says \"{error}\"");
                output.WriteLine($"{connector.Name}: {seen} {error}");
                if (error is not null && connector is not KubectlConnector)
                    seen += $": {Short(scene.Plain(error))}";
            }
            cells.Add(seen);
        }
        cells.Add(string.Join(" ", connection.Differences.Select(difference => difference.Why)));
        ConnectionTable.Write(output, row, cells);
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void Forms_EachRow_HasANameOfItsOwn() => Assert.Distinct(AllForms);

    /// <summary>In CI the table is the proof, and without its yardstick it proves nothing.</summary>
    [Fact]
    public void Kubectl_InCI_IsThere() => Assert.True(
        KubectlProgram.Newest is not null || Environment.GetEnvironmentVariable("CI") != "true",
        "There is no kubectl: run tests/apiserver/install.");

    private static string Short(string message) => message.Length > 150 ? $"{message[..150]}…" : message;

    private static async Task<(string Seen, string? Error)> ConnectAsync(IConnector connector, ConnectionScene scene)
    {
        int before = scene.Server.Requests.Count;
        string? error = await connector.ReadLeaseAsync(scene);
        if (error is not null)
            return (ConnectionCase.Refused, error);
        RecordedRequest[] requests = [.. scene.Server.Requests.Skip(before)];
        return (Presented.By(Assert.Single(requests)), null);
    }
}
