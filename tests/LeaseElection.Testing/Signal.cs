using Xunit.Sdk;

namespace LeaseElection.Testing;

/// <summary>Waits for a condition without polling: whoever changes what it depends on pulses.</summary>
public sealed class Signal
{
    /// <summary>For failure only: no test waits this long when the code works.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private TaskCompletionSource _pulse = New();

    /// <summary>Something has changed.</summary>
    public void Pulse() => Interlocked.Exchange(ref _pulse, New()).SetResult();

    public async Task WaitUntilAsync(Func<bool> condition, Func<string> describe)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            Task pulse = Volatile.Read(ref _pulse).Task; // Before the look: a change after it is then not missed.
            if (condition())
                return;
            try
            {
                await pulse.WaitAsync(patience.Token);
            }
            catch (OperationCanceledException exception)
            {
                throw new XunitException($"Waited {Patience.TotalSeconds:0} s in vain for {describe()}", exception);
            }
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
