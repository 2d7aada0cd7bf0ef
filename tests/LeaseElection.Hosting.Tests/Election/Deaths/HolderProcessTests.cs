using LeaseElection.Hosting.Election.Deaths;
using LeaseElection.Hosting.Election.Notes;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.Election;

namespace LeaseElection.Hosting.Tests.Election.Deaths;

public sealed class HolderProcessTests
{
    private static readonly HolderProcess Process = new(
        "shop/worker-0", "4f0c", "app", new DateTimeOffset(2026, 11, 28, 13, 5, 7, TimeSpan.Zero).AddMicroseconds(123456));

    [Fact]
    public void ToString_IsWhatTheNoteSays() => Assert.Equal("shop/worker-0 4f0c app 2026-11-28T13:05:07.123456Z", Process.ToString());

    [Fact]
    public void Of_ItsOwnNote_IsTheSame() => Assert.Equal(Process, Of(Process.ToString()));

    [Theory]
    [InlineData("")]
    [InlineData("shop/worker-0 4f0c app")]
    [InlineData("shop/worker-0 4f0c app 2026-11-28T13:05:07.123456Z more")]
    [InlineData("shop/worker-0 4f0c app 2026-11-28T13:05:07Z")] // Not ours: we write six digits.
    [InlineData("shop/worker-0 4f0c  2026-11-28T13:05:07.123456Z")]
    [InlineData("shop/worker-0 4f0c app today")]
    public void Of_AnythingElse_IsNobody(string note) => Assert.Null(Of(note));

    [Fact]
    public void Of_NoNote_IsNobody() => Assert.Null(HolderProcess.Of(new LeaseServer().Put(new LeaseWrite(SomeRecord.HeldBy("a")))));

    private static HolderProcess? Of(string note)
    {
        LeaseRecord record = SomeRecord.HeldBy("a");
        return HolderProcess.Of(new LeaseServer().Put(new LeaseWrite(record)
        {
            Annotations = new Dictionary<string, string?> { ["term.leaseelection.dev/container"] = NoteAnnotations.MarkOf(record) + note },
        }));
    }
}
