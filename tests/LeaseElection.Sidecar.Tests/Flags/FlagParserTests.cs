using LeaseElection.Sidecar.Flags;

namespace LeaseElection.Sidecar.Tests.Flags;

public sealed class FlagParserTests
{
    [Fact]
    public void Parse_FlagsOfTheOldImage_AreTakenAsItTookThem()
    {
        // The line of its README, and the other spelling of pflag.
        SidecarOptions options = Parse(
            "--election=example", "--id", "pod-1", "--election-namespace=prod", "--ttl", "1m30s", "--http=0.0.0.0:4040",
            "--use-cluster-credentials");
        Assert.Equal("example", options.Election);
        Assert.Equal("pod-1", options.Id);
        Assert.Equal("prod", options.ElectionNamespace);
        Assert.Equal(TimeSpan.FromSeconds(90), options.Ttl);
        Assert.Equal(new ListenAddress("0.0.0.0", 4040), options.Http);
        Assert.True(options.UseClusterCredentials);
        Assert.False(Parse("--election=example", "--use-cluster-credentials=false").UseClusterCredentials);
    }

    [Fact]
    public void Parse_NothingButTheElection_HasTheDefaultsOfTheOldImage()
    {
        SidecarOptions options = Parse("--election=example");
        Assert.Equal(TimeSpan.FromSeconds(10), options.Ttl);
        Assert.Null(options.Http);
        Assert.Equal(LeaseStoreKind.Kubernetes, options.Store);
        Assert.Equal(TimeSpan.FromMilliseconds(6666), options.EffectiveRenewDeadline);
        Assert.Empty(options.Command);
    }

    [Fact]
    public void Parse_Twice_TheLastCounts() => Assert.Equal("b", Parse("--election=a", "--election", "b").Election);

    [Fact]
    public void Parse_ValueThatLooksLikeAFlag_IsAValue() => Assert.Equal("--odd", Parse("--election=a", "--id", "--odd").Id);

    [Fact]
    public void Parse_Command_IsLeftAlone()
    {
        SidecarOptions options = Parse("--election=a", "--", "sh", "-c", "exec x --ttl=1", "--", "--help");
        Assert.Equal(["sh", "-c", "exec x --ttl=1", "--", "--help"], options.Command);
        Assert.False(options.Help);
    }

    [Fact]
    public void Parse_EveryFlagButTwo_HasAVariableThatFlagsBeat()
    {
        var variables = new Dictionary<string, string>
        {
            ["LEADER_ELECTOR_ELECTION"] = "by-variable",
            ["LEADER_ELECTOR_ID"] = "me",
            ["LEADER_ELECTOR_ELECTION_NAMESPACE"] = "prod",
            ["LEADER_ELECTOR_TTL"] = "20s",
            ["LEADER_ELECTOR_HTTP"] = ":1",
            ["LEADER_ELECTOR_USE_CLUSTER_CREDENTIALS"] = "false",
            ["LEADER_ELECTOR_KUBECONFIG"] = "/k",
            ["LEADER_ELECTOR_CONTEXT"] = "c",
            ["LEADER_ELECTOR_STORE"] = "kubernetes",
            ["LEADER_ELECTOR_STORE_DIRECTORY"] = "",
            ["LEADER_ELECTOR_RENEW_DEADLINE"] = "12s",
            ["LEADER_ELECTOR_GRACE"] = "30s",
            ["LEADER_ELECTOR_STOP_TIMEOUT"] = "3s",
            ["LEADER_ELECTOR_EVENTS"] = "true",
            ["LEADER_ELECTOR_LABEL_POD"] = "false",
        };
        Assert.Equal(FlagList.All.Where(flag => flag.HasVariable).Select(flag => flag.Variable).Order(), variables.Keys.Order());
        SidecarOptions options = FlagParser.Parse(["--ttl=30s"], name => variables.GetValueOrDefault(name));
        Assert.Equal(("by-variable", "me", "prod"), (options.Election, options.Id, options.ElectionNamespace));
        Assert.Equal(TimeSpan.FromSeconds(30), options.Ttl);
        Assert.Equal((TimeSpan.FromSeconds(12), TimeSpan.FromSeconds(3)), (options.RenewDeadline!.Value, options.StopTimeout!.Value));
        Assert.Equal(TimeSpan.FromSeconds(30), options.Grace!.Value);
        Assert.Equal((true, false), (options.Events, options.LabelPod));
        Assert.Equal(("/k", "c", 1), (options.KubeConfig, options.Context, options.Http!.Port));
    }

    [Theory]
    [InlineData("--elecion=a", "unknown flag --elecion: did you mean --election? See leader-elector --help.")]
    [InlineData("--frobnicate", "unknown flag --frobnicate. See leader-elector --help.")]
    [InlineData("-election=a", "unknown flag -election=a: flags have two dashes; write --election=a.")]
    [InlineData("-x", "unknown flag -x: flags have two dashes; See leader-elector --help.")]
    [InlineData("python3", "what is \"python3\"? A command comes after --: leader-elector --election=NAME -- python3")]
    [InlineData("--election", "--election has no value: write --election=NAME.")]
    [InlineData("--election=My_App",
        "--election is \"My_App\", but must be a lower-case RFC 1123 subdomain (a-z, 0-9, '-', '.') of at most 253 characters.")]
    [InlineData(
        "--id= ",
        "--id is \" \", but must be a name that no other replica has, and not end in ~ and 8 letters or digits, as default ones do.")]
    [InlineData("--id=host~k3v9x2ab",
        "--id is \"host~k3v9x2ab\", but must be a name that no other replica has, and not end in ~ and 8 "
            + "letters or digits, as default ones do.")]
    [InlineData("--ttl=10", "--ttl is \"10\", but must be a duration with its unit, for example 10s or 1m30s.")]
    [InlineData("--http=4040", "--http is \"4040\", but must be HOST:PORT or :PORT, for example :4040.")]
    [InlineData("--store=etcd", "--store is \"etcd\", but must be kubernetes or file.")]
    [InlineData("--use-cluster-credentials=yes", "--use-cluster-credentials is \"yes\", but must be true or false.")]
    [InlineData("--", "-- is followed by no command: write it there, or leave -- out.")]
    public void Parse_WrongFlag_SaysWhatToDo(string argument, string message) => AssertWrong(message, argument);

    [Fact]
    public void Parse_WrongVariable_NamesTheVariable()
    {
        SidecarException wrong = Assert.Throws<SidecarException>(
            () => FlagParser.Parse(["--election=a"], name => name == "LEADER_ELECTOR_TTL" ? "fast" : null));
        Assert.Equal("LEADER_ELECTOR_TTL is \"fast\", but must be a duration with its unit, for example 10s or 1m30s.", wrong.Message);
    }

    internal static void AssertWrong(string message, params string[] arguments)
    {
        SidecarException wrong = Assert.Throws<SidecarException>(() => Parse(arguments));
        Assert.Equal(message, wrong.Message);
        Assert.Equal(2, wrong.ExitCode);
    }

    internal static SidecarOptions Parse(params string[] arguments) => FlagParser.Parse(arguments, _ => null);
}
