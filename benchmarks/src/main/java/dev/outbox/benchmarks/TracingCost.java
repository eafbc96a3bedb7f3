package dev.outbox.benchmarks;

import dev.outbox.benchmarks.PublishRate.Publishing;
import dev.outbox.tracing.ObservedPublishing;
import dev.outbox.tracing.ObservedSending;
import dev.outbox.tracing.PublishTracing;
import dev.outbox.tracing.SendTracing;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.handler.PropagatingReceiverTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingSenderTracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelPropagator;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;

/** Publishing and draining with a tracer that records every span and throws it away, each next to the same without one. */
final class TracingCost {
    private final Comparison comparison;
    private final Options options;
    private final PublishTracing publishing;
    private final SendTracing sending;

    TracingCost(Comparison comparison, Options options) {
        this.comparison = comparison;
        this.options = options;
        Tracer otel = SdkTracerProvider.builder()
                .addSpanProcessor(
                        BatchSpanProcessor.builder(SpanExporter.composite()).build())
                .build()
                .get("benchmarks");
        OtelTracer tracer = new OtelTracer(otel, new OtelCurrentTraceContext(), event -> {});
        OtelPropagator propagator =
                new OtelPropagator(ContextPropagators.create(W3CTraceContextPropagator.getInstance()), otel);
        ObservationRegistry registry = ObservationRegistry.create();
        registry.observationConfig()
                .observationHandler(new ObservationHandler.FirstMatchingCompositeObservationHandler(
                        new PropagatingReceiverTracingObservationHandler<>(tracer, propagator),
                        new PropagatingSenderTracingObservationHandler<>(tracer, propagator)));
        this.publishing = new ObservedPublishing(registry);
        this.sending = new ObservedSending(registry, propagator);
    }

    void run() throws Exception {
        comparison.warmUp(options.events());
        for (int pair = 0; pair < options.pairs(); pair++) {
            publish();
            drain();
        }
        comparison.addRatio("traced_publish_vs_publish", "traced_publish", "publish");
        comparison.addRatio("traced_drain_vs_drain", "traced_drain", "drain");
    }

    private void publish() throws Exception {
        comparison.publish("traced_publish", this::traced, "publish", PublishRate::library);
    }

    private Publishing traced(Table table) {
        table.tracing = publishing;
        return PublishRate.library(table);
    }

    /** The events of both have a trace. */
    private void drain() throws Exception {
        comparison.withTable((table, sender) -> {
            table.tracing = publishing;
            table.fill(options.events());
            comparison.add("drain", comparison.drain(sender).rate(table, options.events()));
        });
        comparison.withTable((table, sender) -> {
            table.tracing = publishing;
            table.fill(options.events());
            comparison.add(
                    "traced_drain", comparison.drain(sending.around(sender)).rate(table, options.events()));
        });
    }
}
