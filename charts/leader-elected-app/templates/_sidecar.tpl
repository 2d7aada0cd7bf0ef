{{/* The container that elects for an app in any language. Without --id: a container that restarts would wait for its own lease. (dict "root" . "native" true): one that outlives the app. */}}
{{- define "leader-elected-app.sidecar" -}}
{{- with .root }}
{{- $timings := include "leader-elected-app.timings" . | fromYaml }}
- name: leader-elector
  image: {{ .Values.sidecar.image | quote }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  {{- if $.native }}
  restartPolicy: Always # Started before the app, and asked to stop only when the app has ended: nobody else leads before.
  {{- end }}
  args:
    - --election={{ include "leader-elected-app.leaseName" . }}
    - --election-namespace=$(POD_NAMESPACE)
    - --ttl={{ div (int $timings.ms.leaseDuration) 1000 }}s
    - --renew-deadline={{ int $timings.ms.renewDeadline }}ms
    - --http=:{{ .Values.sidecar.port }} # Of no address: a Pod has an IPv6 one alone in an IPv6-only cluster.
    {{- if .Values.election.publishEvents }}
    - --events
    {{- end }}
    {{- if .Values.election.labelLeaderPod }}
    - --label-pod
    {{- end }}
  env:
    {{- include "leader-elected-app.podEnv" . | nindent 4 }}
  ports:
    - name: elector
      containerPort: {{ .Values.sidecar.port }}
      protocol: TCP
  livenessProbe:
    httpGet:
      path: /healthz
      port: elector
    periodSeconds: 10
    timeoutSeconds: 5
    failureThreshold: 6
  readinessProbe:
    httpGet:
      path: /readyz
      port: elector
    periodSeconds: 5
    timeoutSeconds: 5
  resources:
    {{- toYaml (.Values.sidecar.resources | default dict) | nindent 4 }}
  securityContext:
    {{- toYaml (.Values.securityContext | default dict) | nindent 4 }}
  volumeMounts:
    - name: tmp
      mountPath: /tmp
    {{- with include "leader-elected-app.tokenMount" . }}
    {{- . | nindent 4 }}
    {{- end }}
{{- end }}
{{- end }}
