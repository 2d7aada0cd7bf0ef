using LeaseElection.Testing;

namespace LeaseElection.Hosting.Tests;

public sealed class WatchRunnerTests
{
    /// <summary>A stream of the app's may do so when it is disposed of; without a watch each hand-over would wait for a silence.</summary>
    [Fact]
    public async Task Open_CancellationOfTheOneBeforeThrows_TellsAllTheSame()
    {
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource<string> told = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using WatchRunner<string> runner = new(Watch, told.SetResult, () => { }, _ => { }, _ => { });

        runner.Open("1");
        await begun.Task.WaitAsync(Signal.Patience);
        runner.Open("2");

        Assert.Equal("news", await told.Task.WaitAsync(Signal.Patience));

        async IAsyncEnumerable<string> Watch(
            string version, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token)
        {
            token.Register(() => throw new InvalidOperationException("A bug."));
            if (version == "2")
                yield return "news";
            begun.TrySetResult();
            TaskCompletionSource end = new(TaskCreationOptions.RunContinuationsAsynchronously);
            using CancellationTokenRegistration _ = token.Register(end.SetResult);
            await end.Task;
        }
    }
}
