using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using LeaseElection.Hosting.Tests;
using LeaseElection.Sidecar.Flags;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Sidecar.Tests.Flags;

public sealed class FlagWordsTests
{
    private static readonly string Library = typeof(LeaderElectionBuilder).Assembly.Location;

    /// <summary>What nobody can set, or call, who has a program and its flags.</summary>
    private static readonly string[] WordsOfApps =
        ["LeaderElection:", "HostOptions.", "LeadershipTerm.", "Kubernetes:CertificateAuthorityFile", "must return when its token fires"];

    /// <summary>Parts of texts that no sidecar says.</summary>
    private static readonly string[] NotOfASidecar =
    [
        "Partition", // It has none,
        "HandleLostToken", // no locks,
        "that the app registered on LeadershipTerm.InDanger", // and no callbacks.
        "HostOptions.ShutdownTimeout is ", // That follows from --grace and --ttl, and is long enough.
        "LeaderElection:WhenWorkEnds is StopHost", // It is not.
        "LeaderElection:WhenWorkEnds=StepDown.", // Work is told so that steps down and waits for that.
        "(LeaderElection:WhenWorkOverruns)", // Of a policy that it has not.
        "LeaderElection:TakeOverBackoff=false", // It is.
        "LeaderElection:LeaseName is not for named elections", // It has one.
    ];

    [Theory]
    [InlineData("LeaderElection:Kubernetes:Context is 'x', but ...", "--context is 'x', but ...")]
    [InlineData("Set LeaderElection:LeaseNamespace, or POD_NAMESPACE", "Set --election-namespace, or POD_NAMESPACE")]
    [InlineData("LeaderElection:File:Directory is not set", "--store-directory is not set")]
    [InlineData("or set File:Directory to one of its own", "or set --store-directory to one of its own")]
    [InlineData("LeaderElection:Identity is set", "--id is set")]
    [InlineData("it ends in 2 s unless a renewal succeeds, and work that listens to LeadershipTerm.InDanger saves what it has done. See",
        "it ends in 2 s unless a renewal succeeds, and a command that runs gets SIGTERM then. See")]
    [InlineData("may lead now: CommandWork. LeaderElection:WhenWorkOverruns says StopHost. It must return soon after its token fires, and "
        + "check LeadershipTerm.ThrowIfLost() before it writes",
        "may lead now: the command. leader-elector ends, with exit code 1. The messages before this one name what could not be killed")]
    [InlineData("Nothing to translate", "Nothing to translate")]
    public void In_MessageOfTheLibrary_NamesFlags(string message, string translated) => Assert.Equal(translated, FlagWords.In(message));

    [Fact]
    public void In_AnyLogMessageOfTheLibrary_NamesNothingOfApps() => Assert.Empty(Untranslated(
        LogTable.MessagesOf(typeof(LeaderElectionBuilder).Assembly)
            .Where(one => one.Message.Level >= LogLevel.Information)
            .Select(one => one.Message.Message)));

    /// <summary>Much of what messages say is put into them: causes, and advice.</summary>
    [Fact]
    public void In_AnyTextOfTheLibrary_NamesNothingOfApps()
    {
        using var file = new PEReader(File.OpenRead(Library));
        MetadataReader metadata = file.GetMetadataReader();
        List<string> texts = [];
        for (UserStringHandle next = metadata.GetNextHandle(default(UserStringHandle)); !next.IsNil; next = metadata.GetNextHandle(next))
            texts.Add(metadata.GetUserString(next));

        Assert.Contains("Nothing comes of {Options} here: there is no Kubernetes lease (Store=File, or Enabled=false)", texts);
        Assert.Empty(Untranslated(texts.Where(text => text.Contains(' ', StringComparison.Ordinal)))); // The others are keys alone.
    }

    private static IEnumerable<string> Untranslated(IEnumerable<string> texts) => texts
        .Where(text => !NotOfASidecar.Any(part => text.Contains(part, StringComparison.Ordinal)))
        .Select(text => FlagWords.In(WithPolicies(text)))
        .Where(text => WordsOfApps.Any(word => text.Contains(word, StringComparison.Ordinal)));

    /// <summary>Those of an app that says nothing of them, as the sidecar does not.</summary>
    private static string WithPolicies(string text) => text
        .Replace("WhenWorkEnds says {Policy}", $"WhenWorkEnds says {WorkEndPolicy.StepDown}", StringComparison.Ordinal)
        .Replace("WhenWorkOverruns says {Policy}", $"WhenWorkOverruns says {WorkOverrunPolicy.StopHost}", StringComparison.Ordinal);
}
