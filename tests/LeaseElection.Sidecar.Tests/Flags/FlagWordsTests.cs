using LeaseElection.Sidecar.Flags;

namespace LeaseElection.Sidecar.Tests.Flags;

public sealed class FlagWordsTests
{
    [Theory]
    [InlineData("LeaderElection:Kubernetes:Context is 'x', but ...", "--context is 'x', but ...")]
    [InlineData("Set LeaderElection:LeaseNamespace, or POD_NAMESPACE", "Set --election-namespace, or POD_NAMESPACE")]
    [InlineData("LeaderElection:File:Directory is not set", "--store-directory is not set")]
    [InlineData("or set File:Directory to one of its own", "or set --store-directory to one of its own")]
    [InlineData("LeaderElection:Identity is set", "--id is set")]
    [InlineData("Nothing to translate", "Nothing to translate")]
    public void In_MessageOfTheLibrary_NamesFlags(string message, string translated) => Assert.Equal(translated, FlagWords.In(message));
}
