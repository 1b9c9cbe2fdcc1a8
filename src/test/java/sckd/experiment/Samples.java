package sckd.experiment;

import java.util.List;

/** Experiment files of the tests. */
final class Samples {
    /** The shortest file. */
    static final String MINIMAL =
            """
            name: minimal
            data: {dataset: shapes}
            student: {model: "zoo:plain-cnn-2"}
            training: {epochs: 2, batch-size: 8, optimizer: {kind: sgd, learning-rate: 0.1}}
            """;

    /** Every key, and each kind of every sort that can stand in one file. */
    static final String FULL =
            """
            name: cifar10-full
            seed: 7
            data:
              dataset: cifar10
              path: datasets/cifar-10-batches-bin
              images:
                size: 48
                width: 64
                fit: stretch
                crop-share: 0.875
                channels: 1
                test-share: 0.1
                split-seed: 5
                stream: true
                features: {image: pixels, label: class, text: name, first-label: 1, raw: [8, 8, 3]}
              augment: [{kind: random-crop, padding: 2}, horizontal-flip, {kind: cutout, size: 8, fill: black}]
              views: 8
              train-limit: 10000
              test-limit: 500
              validation: 100
            student:
              model: savedmodels/small
              tags: [serve, gpu]
              signature: classify
              input: {name: x, scale: 1, mean: [.5, .5, .5], std: [.25, .25, .25], size: [48, 32], layout: NCHW, channels: BGR, others: {place: 0.5}}
              output: dense/BiasAdd:0
              classes: [cat, dog]
              batch-norm-momentum: 0.9
              trust-ops: [PyFunc]
              heads: [{name: early, kind: separable, layer: relu1, blocks: 2, weight: 0.7}]
            teachers:
              - name: resnet56
                model: savedmodels/resnet56-cifar10
                input: {mean: [.485, .456, .406], std: [.229, .224, .225]}
              - name: assistant
                model: "zoo:resnet8"
                heads: [{name: middle, kind: pooled, layer: stage2}]
                supervised: {weight: 0.25}
                losses: [{name: assist, kind: output, teacher: resnet56, temperature: 3, weight: 0.75}]
                gate: {kind: cosine, threshold: 0.2}
                training:
                  epochs: 3
                  batch-size: 32
                  optimizer: {kind: adamw, learning-rate: 1e-3, beta1: 0.8, beta2: 0.99, epsilon: 1e-8, weight-decay: 0.02}
                  schedule: {kind: cosine, warmup-epochs: 0.5}
                  clip-norm: 5
                  keep-checkpoints: 1
                check: false
            supervised: {weight: 0.5}
            losses:
              - {name: output, kind: output, teacher: resnet56, temperature: 2, weight: 0.9}
              - {name: hint, kind: fitnets, teacher: resnet56, teacher-layer: layer2_8, student-layer: stage2, weight: 100}
              - {name: same, kind: l2, teacher: assistant, teacher-layer: stage3, student-layer: stage3}
              - {name: own, kind: soft-cross-entropy, teacher: self, student-layer: heads/early/logits, temperature: {from: 1, to: 4}}
            gate: {kind: cosine, threshold: -0.1}
            training:
              epochs: 20
              batch-size: 64
              optimizer: {kind: sgd, learning-rate: 0.05, momentum: 0.9, nesterov: true, weight-decay: 5e-4, decoupled-weight-decay: true}
              schedule: {kind: step, at: [10, 15], factor: 0.2, warmup-epochs: 1}
              clip-norm: 2.5
              keep-checkpoints: 3
            stages:
              - name: warm
                supervised: {weight: 0}
                losses: [{name: late, kind: l2, teacher: assistant, teacher-layer: stage3, student-layer: stage3}]
                gate: none
                training: {epochs: 4, batch-size: 2, optimizer: {kind: adam, learning-rate: 0.01}, schedule: constant}
              - {name: bare}
            methods:
              ZULU: {losses: [], stages: []}
              BLKD: {gate: none, supervised: {weight: 0.1}, note: As in the paper.}
              ALPHA:
                student: {model: "zoo:plain-cnn-4"}
                training: {epochs: 1, batch-size: 1, optimizer: {kind: adam, learning-rate: 0.01}, schedule: constant}
            """;

    private Samples() {}

    static Experiment read(String text, String... overrides) {
        return ExperimentFile.parse(text, "file.yaml", List.of(overrides));
    }
}
