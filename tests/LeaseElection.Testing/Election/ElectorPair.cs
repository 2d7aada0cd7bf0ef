using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Testing.Election;

/// <summary>
/// Two electors, each with a clock of its own rate, over one lease and a network that delays, loses and cuts off; processes crash
/// and come back. Only this class knows the true time, and whether two pieces of work ran at once.
/// </summary>
internal sealed class ElectorPair
{
    private readonly PriorityQueue<Action, (double At, int Order)> _events = new();
    private readonly LeaseServer _server = new();
    private readonly Random _random;
    private readonly Node[] _nodes;
    private double _now;
    private int _order;

    public ElectorPair(int seed, ElectorSettings settings)
    {
        _random = new Random(seed);
        _nodes = [new Node(this, settings), new Node(this, settings)];
    }

    /// <summary>How many terms there were.</summary>
    public int Terms { get; private set; }

    /// <summary>The true time at which both worked; <see langword="null"/> when they never did.</summary>
    public double? OverlapAt { get; private set; }

    public void Run(double seconds)
    {
        foreach (Node node in _nodes)
            node.Boot();
        while (_events.TryDequeue(out Action? happens, out (double At, int Order) due) && due.At < seconds && OverlapAt is null)
        {
            _now = due.At;
            happens();
        }
    }

    private void In(double seconds, Action happens) => _events.Enqueue(happens, (_now + seconds, _order++));

    private bool Chance(double probability) => _random.NextDouble() < probability;

    private double Upto(double seconds) => _random.NextDouble() * seconds;

    /// <summary>Mostly milliseconds, sometimes longer than any timeout.</summary>
    private double Latency() => Chance(0.02) ? Upto(20) : Chance(0.05) ? Upto(3) : Upto(0.02);

    /// <summary>A request reaches the server; whoever watches is told of what it changed.</summary>
    private ElectionInput Commit(ElectionOutput request)
    {
        Lease? before = _server.Current;
        ElectionInput reply = _server.Answer(request);
        if (_server.Current is { } lease && lease != before)
        {
            foreach (Node node in _nodes)
                node.Notify(lease);
        }

        return reply;
    }

    private sealed class Node(ElectorPair world, ElectorSettings settings)
    {
        private readonly double _rate = 0.92 + world.Upto(0.16);
        private readonly double _offset = world.Upto(1e6);
        private Elector? _elector;
        private int _boots;
        private int _watches;
        private int _timers;
        private bool _isWatching;
        private bool _isCut;
        private bool _isWorking;
        private double _wallOffset;
        private double _toldUntil;

        public void Boot()
        {
            int boot = ++_boots;
            _elector = new Elector(settings with { Identity = $"{_offset}-{boot}" }, world._random);
            _isWatching = false;
            _isCut = false;
            Give(boot, new ElectionInput.Started());
            Trouble(boot);
        }

        public void Notify(Lease lease)
        {
            _isWatching &= !_isCut; // What a cut connection missed never comes: the watch is silent from here on.
            if (!_isWatching)
                return;
            (int boot, int watch) = (_boots, _watches);
            _toldUntil = Math.Max(_toldUntil, world._now + world.Latency()); // In order.
            world.In(_toldUntil - world._now, () =>
            {
                if (watch == _watches)
                    Give(boot, new ElectionInput.Watched(new LeaseEvent.Changed(lease)));
            });
        }

        private void Trouble(int boot) => world.In(world.Upto(60), () =>
        {
            if (boot != _boots)
                return;
            switch (world._random.Next(6))
            {
                case 0:
                    Crash();
                    return;
                case 1 or 2:
                    _isCut = true;
                    world.In(world.Upto(40), () => _isCut = false);
                    break;
                case 3:
                    Give(boot, new ElectionInput.StepDownRequested());
                    break;
                case 4:
                    _wallOffset += world.Upto(200) - 100;
                    Give(boot, new ElectionInput.TimerFired());
                    break;
            }

            Trouble(boot);
        });

        private void Crash()
        {
            _boots++;
            _isWorking = false;
            _isWatching = false;
            world.In(world.Upto(40), Boot);
        }

        private void Give(int boot, ElectionInput input)
        {
            if (boot != _boots)
                return;
            double local = (world._now * _rate) + _offset;
            var now = new ElectionTime(TimeSpan.FromSeconds(local), DateTimeOffset.UnixEpoch.AddSeconds(local + _wallOffset));
            foreach (ElectionOutput output in _elector!.Handle(input, now))
                CarryOut(boot, output, local);
        }

        private void CarryOut(int boot, ElectionOutput output, double local)
        {
            switch (output)
            {
                case ElectionOutput.Read read:
                    Send(boot, read, read.Timeout);
                    break;
                case ElectionOutput.Create create:
                    Send(boot, create, create.Timeout);
                    break;
                case ElectionOutput.Replace replace:
                    Send(boot, replace, replace.Timeout);
                    break;
                case ElectionOutput.Watch watch:
                    _watches++;
                    _isWatching = true;
                    if (world._server.Current is { } lease && lease.ResourceVersion != watch.ResourceVersion)
                        Notify(lease);
                    break;
                case ElectionOutput.StartWork:
                    StartWork();
                    break;
                case ElectionOutput.StopWork:
                    StopWork(boot);
                    break;
                case ElectionOutput.WakeAt wake:
                    int timer = ++_timers;
                    world.In(((wake.Instant.TotalSeconds - local) / _rate) + world.Upto(0.005), () =>
                    {
                        if (timer == _timers)
                            Give(boot, new ElectionInput.TimerFired());
                    });
                    break;
            }
        }

        /// <summary>The request may arrive late or never, and so may its reply: it is answered exactly once all the same.</summary>
        private void Send(int boot, ElectionOutput request, TimeSpan timeout)
        {
            bool isAnswered = false;
            world.In(world.Latency(), () =>
            {
                if (_isCut)
                    return;
                ElectionInput reply = world.Commit(request);
                if (!world.Chance(0.02))
                    world.In(world.Latency(), () => Answer(_isCut ? null : reply));
            });
            world.In(timeout.TotalSeconds / _rate, () => Answer(Lost()));

            void Answer(ElectionInput? reply)
            {
                if (isAnswered || reply is null)
                    return;
                isAnswered = true;
                Give(boot, reply);
            }

            ElectionInput Lost()
            {
                var error = new LeaseStoreError(LeaseStoreErrorKind.Timeout, "no answer");
                return request is ElectionOutput.Read ? new ElectionInput.ReadFailed(error) : new ElectionInput.WriteUnknown(error);
            }
        }

        private void StartWork()
        {
            _isWorking = true;
            world.Terms++;
            if (Array.TrueForAll(world._nodes, node => node._isWorking))
                world.OverlapAt = world._now;
        }

        /// <summary>Work takes what it is allowed, by its own clock, and sometimes all of it.</summary>
        private void StopWork(int boot)
        {
            double longest = settings.StopTimeout.TotalSeconds / _rate;
            world.In(world.Chance(0.3) ? longest : world.Upto(longest), () =>
            {
                if (boot != _boots)
                    return;
                _isWorking = false;
                Give(boot, new ElectionInput.WorkStopped());
            });
        }
    }
}
