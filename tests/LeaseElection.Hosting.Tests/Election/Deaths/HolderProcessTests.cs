using LeaseElection.Hosting.Election.Deaths;

namespace LeaseElection.Hosting.Tests.Election.Deaths;

public sealed class HolderProcessTests
{
    private static readonly HolderProcess Process = new(
        "shop/worker-0", "4f0c", "app", new DateTimeOffset(2026, 11, 28, 13, 5, 7, TimeSpan.Zero).AddMicroseconds(123456));

    [Fact]
    public void ToString_IsWhatTheNoteSays() => Assert.Equal("shop/worker-0 4f0c app 2026-11-28T13:05:07.123456Z", Process.ToString());

    [Fact]
    public void In_ItsOwnNote_IsTheSame() => Assert.Equal(Process, In(Process.ToString()));

    [Theory]
    [InlineData("")]
    [InlineData("shop/worker-0 4f0c app")]
    [InlineData("shop/worker-0 4f0c app 2026-11-28T13:05:07.123456Z more")]
    [InlineData("shop/worker-0 4f0c app 2026-11-28T13:05:07Z")] // Not ours: we write six digits.
    [InlineData("shop/worker-0 4f0c  2026-11-28T13:05:07.123456Z")]
    [InlineData("shop/worker-0 4f0c app today")]
    public void In_AnythingElse_IsNobody(string note) => Assert.Null(In(note));

    [Fact]
    public void In_NoNote_IsNobody() => Assert.Null(HolderProcess.In(new Dictionary<string, string>()));

    private static HolderProcess? In(string note) => HolderProcess.In(new Dictionary<string, string> { [HolderProcess.Note] = note });
}
