{{/* What the schema cannot say: values that do not go together. */}}
{{- define "leader-elected-app.check" -}}
{{- if and .Values.leaderService.enabled (not .Values.election.labelLeaderPod) }}
{{- fail "leaderService.enabled is true, but nothing labels the leader's Pod, so the Service would have no endpoint: set election.labelLeaderPod=true as well" }}
{{- end }}
{{- if and .Values.sidecar.enabled (not .Values.sidecar.image) }}
{{- fail "sidecar.image is not set, but sidecar.enabled is true: set it to an image of leader-elector" }}
{{- end }}
{{- if not .Values.port }}
{{- range $what, $wants := dict "probes" .Values.probes.enabled "service" .Values.service.enabled "leaderService" .Values.leaderService.enabled }}
{{- if $wants }}
{{- printf "%s.enabled is true, but port is null, so there is nothing to reach: set port, or %s.enabled=false" $what $what | fail }}
{{- end }}
{{- end }}
{{- if and .Values.podMonitor.enabled (not .Values.sidecar.enabled) }}
{{- fail "podMonitor.enabled is true, but port is null, so there is nothing to scrape: set port, or podMonitor.enabled=false" }}
{{- end }}
{{- end }}
{{- if and .Values.sidecar.enabled .Values.port (eq (int .Values.port) (int .Values.sidecar.port)) }}
{{- printf "sidecar.port is %d, but the app listens there as well: give one of them another port" (int .Values.port) | fail }}
{{- end }}
{{- if .Values.sidecar.enabled }}
{{- range $key := list "retryPeriod" "renewInterval" "stopTimeout" }}
{{- if get $.Values.election $key }}
{{- printf "election.%s is set, but sidecar.enabled is true and the sidecar has no such setting: it takes leaseDuration (--ttl) and renewDeadline alone; leave election.%s out" $key $key | fail }}
{{- end }}
{{- end }}
{{- if not .Values.election.releaseOnStop }}
{{- fail "election.releaseOnStop is false, but sidecar.enabled is true and the sidecar has no such setting: it gives the lease up whenever it stops; leave election.releaseOnStop out" }}
{{- end }}
{{- range $key, $default := dict "whenWorkEnds" "Default" "whenWorkOverruns" "StopHost" }}
{{- $value := get $.Values.election $key }}
{{- if ne $value $default }}
{{- printf "election.%s is %s, but sidecar.enabled is true and the sidecar has no such setting: the work is the app's, which it does not run; leave election.%s out" $key $value $key | fail }}
{{- end }}
{{- end }}
{{- end }}
{{- if and .Values.sidecar.enabled .Values.election.takeOverFromTerminated }}
{{- fail "election.takeOverFromTerminated is true, but sidecar.enabled is true, and the end of the sidecar's container is not the end of the app's work: set one of them to false" }}
{{- end }}
{{- if and .Values.sidecar.enabled .Values.election.takeOverBackoff }}
{{- fail "election.takeOverBackoff is true, but sidecar.enabled is true, and the sidecar has no such setting: set one of them to false" }}
{{- end }}
{{- if and .Values.election.takeOverBackoff (not .Values.election.releaseOnStop) }}
{{- fail "election.takeOverBackoff is true, but election.releaseOnStop is false, and a stop cannot be told from a crash then: set election.releaseOnStop=true, or take it out" }}
{{- end }}
{{- include "leader-elected-app.checkMembers" . }}
{{- include "leader-elected-app.checkLocks" . }}
{{- range $what, $labels := dict
  "podLabels" .Values.podLabels "commonLabels" .Values.commonLabels "helmTest.podLabels" .Values.helmTest.podLabels
  "podMonitor.labels" .Values.podMonitor.labels "prometheusRule.labels" .Values.prometheusRule.labels "dashboard.labels" .Values.dashboard.labels }}
{{- range $key := list "app.kubernetes.io/name" "app.kubernetes.io/instance" }}
{{- if hasKey ($labels | default dict) $key }}
{{- printf "%s has %s, by which the Deployment knows its Pods: take it out, and use nameOverride for another name" $what $key | fail }}
{{- end }}
{{- end }}
{{- if hasKey ($labels | default dict) "leaseelection.dev/role" }}
{{- printf "%s has leaseelection.dev/role, which says who leads and is set by the leader: take it out, and set election.labelLeaderPod=true if you want it" $what | fail }}
{{- end }}
{{- end }}
{{- range .Values.volumes }}
{{- if has .name (list "tmp" "kube-api-access") }}
{{- printf "volumes has %s, a name that this chart has a volume of its own by: give it another name" .name | fail }}
{{- end }}
{{- end }}
{{- range .Values.volumeMounts }}
{{- $path := trimSuffix "/" (toString .mountPath) }}
{{- if eq $path "/tmp" }}
{{- fail "volumeMounts has /tmp, where this chart mounts an emptyDir: mount it at another path" }}
{{- end }}
{{- if and (eq $path (include "leader-elected-app.tokenPath" $)) (not $.Values.serviceAccount.automount) (not $.Values.sidecar.enabled) }}
{{- printf "volumeMounts has %s, where this chart itself mounts the token with serviceAccount.automount=false: take it and its volume out" $path | fail }}
{{- end }}
{{- end }}
{{- range .Values.env }}
{{- if or (has .name (list "POD_NAME" "POD_NAMESPACE" "DOTNET_shutdownTimeoutSeconds")) (hasPrefix "leaderelection__" (lower .name)) }}
{{- printf "env has %s, which this chart sets itself: use the values under election, members, partitions and shutdown" .name | fail }}
{{- end }}
{{- if and (include "leader-elected-app.hasMembers" $) (has .name (list "POD_UID" "NODE_NAME")) }}
{{- printf "env has %s, which this chart sets itself where replicas know of each other (members.enabled, partitions.count): take it out" .name | fail }}
{{- end }}
{{- if and $.Values.election.takeOverFromTerminated (eq .name "POD_UID") }}
{{- fail "env has POD_UID, which this chart sets itself by election.takeOverFromTerminated: take it out" }}
{{- end }}
{{- if contains (printf "- name: %s\n" .name) (include "leader-elected-app.lockEnv" $) }}
{{- printf "env has %s, which this chart sets itself by locks.timing=%s: take one of them out" .name $.Values.locks.timing | fail }}
{{- end }}
{{- end }}
{{- end }}

{{- define "leader-elected-app.checkMembers" -}}
{{- if include "leader-elected-app.hasMembers" . }}
{{- $what := ternary "partitions.count is set" "members.enabled is true" (not (kindIs "invalid" .Values.partitions.count)) }}
{{- if .Values.sidecar.enabled }}
{{- printf "%s, but sidecar.enabled is true and the sidecar elects a leader and nothing else: set sidecar.enabled=false for an app with the library, or take it out" $what | fail }}
{{- end }}
{{- if and .Values.rbac.create (not (include "leader-elected-app.mayCreateLease" .)) }}
{{- printf "%s, but the app may create no Lease (lease.create, rbac.createLease), and each replica makes one of its own, whose name nobody knows before: set rbac.createLease=true, which RBAC cannot limit to names, or do without" $what | fail }}
{{- end }}
{{- end }}
{{- $lease := default "00:00:40" .Values.members.leaseDuration }}
{{- $ms := include "leader-elected-app.milliseconds" $lease | int }}
{{- if or (lt $ms 1000) (gt $ms 3600000) (mod $ms 1000) }}
{{- printf "members.leaseDuration is %s, but must be whole seconds from 00:00:01 to 01:00:00: write for example \"00:00:40\", or leave it out for the default" $lease | fail }}
{{- end }}
{{- with .Values.members.renewInterval }}
{{- $interval := include "leader-elected-app.milliseconds" . | int }}
{{- if or (lt $interval 100) (gt (mul 3 $interval) $ms) }}
{{- printf "members.renewInterval is %s, but must be at least 00:00:00.1 and at most a third of members.leaseDuration (%s): write less, or leave it out for a quarter of it" . $lease | fail }}
{{- end }}
{{- end }}
{{- with .Values.partitions.moveAfter }}
{{- if gt (include "leader-elected-app.milliseconds" . | int) 3600000 }}
{{- printf "partitions.moveAfter is %s, but must be at most 01:00:00: write for example \"00:00:10\", or leave it out for the default" . | fail }}
{{- end }}
{{- end }}
{{- with .Values.partitions.count }}
{{- include "leader-elected-app.checkRecount" $ }}
{{- $last := printf "%s-%d" (include "leader-elected-app.leaseName" $) (sub (int .) 1) }}
{{- if gt (len $last) 253 }}
{{- printf "election.leaseName has %d characters, but with partitions.count=%d the last partition's Lease would have %d, and no name may have more than 253: shorten it" (include "leader-elected-app.leaseName" $ | len) (int .) (len $last) | fail }}
{{- end }}
{{- end }}
{{- end }}

{{/*
With another number of partitions a key belongs to another one, and Pods that change over do not do so at the same instant. Whoever may write the
Deployment may look at it; `helm template`, which asks no cluster, finds none.
*/}}
{{- define "leader-elected-app.checkRecount" -}}
{{- if and .Release.IsUpgrade (kindIs "invalid" .Values.partitions.recreate) }}
{{- $spec := (lookup "apps/v1" "Deployment" .Release.Namespace (include "leader-elected-app.fullname" .)).spec | default dict }}
{{- range (($spec.template | default dict).spec | default dict).containers }}
{{- range .env }}
{{- if and (eq .name "LeaderElection__Partitions__Count") (ne .value (int $.Values.partitions.count | toString)) }}
{{- printf "partitions.count is %d, but the Pods that run have %s, and with another number a key belongs to another partition: set partitions.recreate=true for this upgrade, which stops all Pods before it starts new ones, or false, which replaces them one by one, so that while the old ones drain two may work on one key" (int $.Values.partitions.count) .value | fail }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "leader-elected-app.checkLocks" -}}
{{- if .Values.locks.enabled }}
{{- if .Values.sidecar.enabled }}
{{- fail "locks.enabled is true, but sidecar.enabled is true and the sidecar takes no locks: set sidecar.enabled=false for an app with the library, or locks.enabled=false" }}
{{- end }}
{{- if and .Values.rbac.create (not .Values.locks.names) (not (include "leader-elected-app.mayCreateLease" .)) }}
{{- fail "locks.enabled is true, but the app may create no Lease (lease.create, rbac.createLease), and a lock of any name needs one of its own: write the names of all locks in locks.names, or set rbac.createLease=true" }}
{{- end }}
{{- $lease := include "leader-elected-app.leaseName" . }}
{{- range .Values.locks.names }}
{{- if eq . $lease }}
{{- printf "locks.names has %s, which is the Lease that the replicas are elected by: give the lock, or election.leaseName, another name" . | fail }}
{{- end }}
{{- if $.Values.partitions.count }}
{{- $index := trimPrefix (printf "%s-" $lease) . }}
{{- if and (ne $index .) (regexMatch "^(0|[1-9][0-9]{0,2})$" $index) (lt (atoi $index) (int $.Values.partitions.count)) }}
{{- printf "locks.names has %s, which is the Lease of a partition: give the lock, or election.leaseName, another name" . | fail }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
