"""The Python client beside us: `run` is one candidate of its own kubernetes.leaderelection, `read` and `write` use its
model of a Lease.

Version 22.6, Debian's, elects over an annotation of a ConfigMap only. Its LeaderElection does not care what the lock is,
so it gets one over a Lease here, made as its ConfigMapLock is: what was read last is replaced as a whole. Everything that
decides (the wall clock, its own duration, integer seconds, no release) is the client's.

Prints the same lines as ../client-go/main.go. SIGTERM ends the work and the process; the lease runs out.
"""

import argparse
import datetime
import json
import os
import pathlib
import signal
import threading
import time

from kubernetes import client
from kubernetes.client.rest import ApiException
from kubernetes.leaderelection import electionconfig, leaderelection
from kubernetes.leaderelection.leaderelectionrecord import LeaderElectionRecord


def say(line):
    # One write: a line is whole however the process ends.
    os.write(1, (line + "\n").encode())


class LeaseLock:
    """What kubernetes.leaderelection asks of a lock, over a Lease."""

    def __init__(self, name, namespace, work):
        self.api = client.CoordinationV1Api()
        self.name = name
        self.namespace = namespace
        self.identity = work.identity
        self.work = work
        self.lease = None
        self.seen = None

    def get(self, name, namespace):
        try:
            self.lease = self.api.read_namespaced_lease(name, namespace)
        except ApiException as error:
            return False, error
        spec = self.lease.spec
        if spec.holder_identity and spec.holder_identity != self.seen:
            self.seen = spec.holder_identity
            say(f"sees {self.seen}")
        # As ConfigMapLock does it: what is empty is None, and what is None is free.
        return True, LeaderElectionRecord(
            spec.holder_identity or None,
            spec.lease_duration_seconds or None,
            spec.acquire_time and str(spec.acquire_time),
            spec.renew_time and str(spec.renew_time))

    def create(self, name, namespace, election_record):
        body = client.V1Lease(
            metadata=client.V1ObjectMeta(name=name),
            spec=client.V1LeaseSpec(lease_transitions=0))
        self.fill(body.spec, election_record)
        return self.succeeds(lambda: self.api.create_namespaced_lease(namespace, body))

    def update(self, name, namespace, updated_record):
        spec = self.lease.spec
        if spec.holder_identity != updated_record.holder_identity:
            spec.lease_transitions = (spec.lease_transitions or 0) + 1
        self.fill(spec, updated_record)
        return self.succeeds(lambda: self.api.replace_namespaced_lease(name, namespace, self.lease))

    @staticmethod
    def fill(spec, record):
        spec.holder_identity = record.holder_identity
        spec.lease_duration_seconds = int(record.lease_duration)
        spec.acquire_time = micro_time(record.acquire_time)
        spec.renew_time = micro_time(record.renew_time)

    def succeeds(self, request):
        try:
            self.work.version = request().metadata.resource_version
            return True
        except ApiException as error:
            print(error, flush=True)
            return False


def micro_time(text):
    """The client's times are the local time without a zone, or what was read from a Lease."""
    time_of_day = datetime.datetime.fromisoformat(text).astimezone(datetime.timezone.utc)
    # isoformat drops a fraction of zero, and the API server refuses a time without one.
    return time_of_day.replace(microsecond=time_of_day.microsecond or 1)


class Work:
    """Does nothing but tell when."""

    def __init__(self, identity):
        self.identity = identity
        self.version = self.token = None
        self.lock = threading.RLock()
        self.started = self.ended = False

    def start(self):
        with self.lock:
            if not self.ended:
                self.started = True
                self.token = self.version
                self.tell("start")

    def end(self):
        with self.lock:
            if self.started and not self.ended:
                self.tell("end")
            self.ended = True

    def tell(self, event):
        say(f"{event} {time.monotonic_ns()} {self.identity} {self.token}")


def run(arguments):
    work = Work(arguments.identity)

    def terminate(_signal, _frame):
        work.end()
        say("left held")
        os._exit(0)

    signal.signal(signal.SIGTERM, terminate)
    leaderelection.LeaderElection(electionconfig.Config(
        LeaseLock(arguments.lease, arguments.namespace, work),
        lease_duration=arguments.lease_duration,
        renew_deadline=arguments.renew_deadline,
        retry_period=arguments.retry_period,
        onstarted_leading=work.start,
        onstopped_leading=work.end)).run()


def read(arguments):
    """Prints what the client makes of the five fields."""
    spec = client.CoordinationV1Api().read_namespaced_lease(arguments.lease, arguments.namespace).spec
    print(json.dumps({
        "holder_identity": spec.holder_identity,
        "lease_duration_seconds": spec.lease_duration_seconds,
        "lease_transitions": spec.lease_transitions,
        "acquire_time": spec.acquire_time.isoformat(timespec="microseconds"),
        "renew_time": spec.renew_time.isoformat(timespec="microseconds"),
    }))


def write(arguments):
    """Makes the lease, with a time as the client serialises it. Prints the status that the API server answers with."""
    moment = datetime.datetime.fromisoformat(arguments.time)
    lease = client.V1Lease(
        metadata=client.V1ObjectMeta(name=arguments.lease),
        spec=client.V1LeaseSpec(
            holder_identity=arguments.identity,
            lease_duration_seconds=arguments.lease_duration,
            acquire_time=moment,
            renew_time=moment))
    try:
        client.CoordinationV1Api().create_namespaced_lease(arguments.namespace, lease)
        print(201)
    except ApiException as error:
        print(error.status)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=[command.__name__ for command in (run, read, write)])
    for name in ("server", "token-file", "ca-file", "namespace", "lease", "identity", "time"):
        parser.add_argument("--" + name)
    for name in ("lease-duration", "renew-deadline", "retry-period"):
        parser.add_argument("--" + name, type=int)
    arguments = parser.parse_args()

    configuration = client.Configuration()
    configuration.host = arguments.server
    configuration.ssl_ca_cert = arguments.ca_file
    configuration.api_key = {"authorization": "Bearer " + pathlib.Path(arguments.token_file).read_text().strip()}
    client.Configuration.set_default(configuration)
    globals()[arguments.command](arguments)


main()
