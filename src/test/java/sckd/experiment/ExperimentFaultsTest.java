package sckd.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import sckd.UserException;

class ExperimentFaultsTest {
    private static final String TEACHER = "teachers: [{name: big, model: savedmodels/big}]\n";

    @Test
    void unknownKeyNamesTheNearest() {
        assertFaults(
                Samples.MINIMAL + TEACHER
                        + """
                        losses:
                          - {name: a, kind: output, teacher: big}
                          - name: b
                            kind: output
                            teacher: big
                            temprature: 3
                        """,
                "file.yaml:11: losses[1].temprature: unknown key; nearest: temperature");
    }

    @Test
    void unknownKeyFarFromAllNamesThemAll() {
        assertFaults(
                Samples.MINIMAL + "supervised: {importance: 2}",
                "file.yaml:5: supervised.importance: unknown key; known: weight");
    }

    @Test
    void keyOfAnotherKindIsUnknown() {
        assertFaults(
                Samples.MINIMAL + "gate: {kind: none, threshold: 0}",
                "file.yaml:5: gate.threshold: unknown key; known: adapters, kind, measure");
    }

    @Test
    void wrongTypesNameValueAndType() {
        assertFaults(
                """
                name: [a]
                seed: 1.5
                data: {dataset: shapes, augment: random-crop, validation: "3"}
                student: zoo:plain-cnn-2
                training:
                  epochs: ten
                  batch-size: 8
                  optimizer: {kind: sgd, learning-rate: {}, nesterov: yes}
                  clip-norm: 1e999
                """,
                "file.yaml:1: name: is a list; expected a name",
                "file.yaml:2: seed: is '1.5'; expected a whole number",
                "file.yaml:3: data.augment: is 'random-crop'; expected a list",
                "file.yaml:3: data.validation: is the text '3'; expected a whole number",
                "file.yaml:4: student: is 'zoo:plain-cnn-2'; expected a mapping",
                "file.yaml:6: training.epochs: is 'ten'; expected a whole number",
                "file.yaml:8: training.optimizer.learning-rate: is a mapping; expected a number",
                "file.yaml:8: training.optimizer.nesterov: is 'yes'; expected true or false",
                "file.yaml:9: training.clip-norm: is '1e999'; expected a number");
    }

    @Test
    void aMixtureIsTheLastAugmentation() {
        assertFaults(
                Samples.MINIMAL.replace("shapes}", "shapes, augment: [mixup, horizontal-flip]}"),
                "file.yaml:2: data: augment[0] mixes two images, but others follow; expected it to be the last, and the only one");
    }

    @Test
    void aKeyWithoutAValueIsNotADefault() {
        assertFaults(
                Samples.MINIMAL + "losses:\nmethods: {SCKD: }",
                "file.yaml:5: losses: is empty; expected a list",
                "file.yaml:6: methods.SCKD: is empty; expected a mapping");
    }

    @Test
    void missingKeysStandWhereTheirMappingStands() {
        assertFaults(
                """
                # a comment
                name: x
                data: {path: here}
                training:
                  epochs: 1
                  optimizer: {kind: sgd}
                """,
                "file.yaml:2: student: missing; expected a mapping",
                "file.yaml:3: data.dataset: missing; expected the name of a data set",
                "file.yaml:4: training.batch-size: missing; expected a whole number",
                "file.yaml:6: training.optimizer.learning-rate: missing; expected a number");
    }

    @Test
    void anEmptyFileMissesEverything() {
        assertFaults("# nothing\n", "file.yaml:1: is empty; expected a mapping");
    }

    @Test
    void unknownKindsNameTheKnown() {
        assertFaults(
                """
                name: x
                data: {dataset: shapes, augment: [horizontal-flop, {padding: 3}]}
                student: {model: "zoo:plain-cnn-2"}
                teachers: [{name: big, model: savedmodels/big}]
                losses: [{name: a, kind: kdd, teacher: big, temperature: 3}]
                gate: {kind: [cosine]}
                training: {epochs: 1, batch-size: 1, optimizer: sdg, schedule: linear}
                """,
                "file.yaml:2: data.augment[0].kind: unknown augmentation 'horizontal-flop'; known: colour-jitter, cutmix, cutout, horizontal-flip, mixup, random-crop, random-resized-crop",
                "file.yaml:2: data.augment[1].kind: missing; expected one of: colour-jitter, cutmix, cutout, horizontal-flip, mixup, random-crop, random-resized-crop",
                "file.yaml:5: losses[0].kind: unknown loss 'kdd'; known: attention, dist, dkd, fitnets, l2, output, relational, similarity, soft-cross-entropy, tofd",
                "file.yaml:6: gate.kind: is a list; expected one of: aggregate, cosine, ema, inverse, none, per-variable, product, project, random, scaled, schedule, weighted",
                "file.yaml:7: training.optimizer.kind: unknown optimizer 'sdg'; known: adam, adamw, sgd",
                "file.yaml:7: training.schedule.kind: unknown schedule 'linear'; known: constant, cosine, step");
    }

    @Test
    void valuesThatARecordRefusesStandWhereTheirKeyStands() {
        assertFaults(
                Samples.MINIMAL.replace("epochs: 2", "epochs: 0") + TEACHER
                        + """
                        losses:
                          - name: a
                            teacher: big
                            kind: output
                            weight: 1
                            temperature: 0
                        supervised: {weight: -1}
                        """,
                "file.yaml:4: training: epochs is 0; expected at least 1",
                "file.yaml:11: losses[0]: temperature is 0.0; expected more than 0 and finite",
                "file.yaml:12: supervised: weight is -1.0; expected at least 0");
    }

    @Test
    void lossesReferToTeachers() {
        assertFaults(
                Samples.MINIMAL + TEACHER
                        + """
                        losses:
                          - {name: a, kind: output, teacher: bog}
                          - name: b
                            kind: output
                            teacher: other
                        """,
                "file.yaml:7: losses[0].teacher is 'bog', which is no teacher; nearest: big",
                "file.yaml:10: losses[1].teacher is 'other', which is no teacher; known: big");
    }

    @Test
    void severalTeachersOfALossAreEachChecked() {
        assertFaults(
                Samples.MINIMAL + TEACHER
                        + """
                        losses:
                          - name: a
                            kind: output
                            teacher:
                              - big
                              - bog
                        """,
                "file.yaml:11: losses[0].teacher[1] is 'bog', which is no teacher; nearest: big");
        assertFaults(
                Samples.MINIMAL + TEACHER
                        + """
                        losses:
                          - {name: a, kind: output, teacher: []}
                          - {name: b, kind: l2, teacher: [big, bog], teacher-layer: t, student-layer: s}
                          - {name: c, kind: output, teacher: {name: big}}
                        """,
                "file.yaml:7: losses[0]: teacher is an empty list; expected a name, or a list of names",
                "file.yaml:8: losses[1]: teacher is [big, bog]; expected one: the loss compares features, and an ensemble has logits alone",
                "file.yaml:9: losses[2].teacher: is a mapping; expected a name or a list");
    }

    @Test
    void lossesNeedTeachers() {
        assertFaults(
                Samples.MINIMAL + "losses: [{name: a, kind: output, teacher: big}]",
                "file.yaml:5: losses[0].teacher is 'big', but there are no teachers; expected it under teachers");
    }

    @Test
    void featureLossesHaveBothLayers() {
        assertFaults(
                Samples.MINIMAL + TEACHER
                        + """
                        losses:
                          - {name: a, kind: output, teacher: big, teacher-layer: t}
                          - {name: b, kind: l2, teacher: big, teacher-layer: t}
                          - {name: c, kind: fitnets, teacher: big}
                        """,
                "file.yaml:8: losses[1]: student-layer is missing; expected a layer's name (`sckd inspect` lists them): the loss compares features",
                "file.yaml:9: losses[2]: teacher-layer is missing; expected a layer's name (`sckd inspect` lists them): the loss compares features");
    }

    @Test
    void headsHaveNamesOfTheirOwnAndTheirTeachersTraining() {
        assertFaults(
                Samples.MINIMAL.replace(
                                "student: {",
                                "student: {heads: [{name: a, kind: pooled, layer: x}, {name: a, kind: pooled, layer: y}], ")
                        + """
                        teachers:
                          - {name: big, model: savedmodels/big, heads: [{name: a, kind: pooled, layer: x}]}
                          - {name: self, model: savedmodels/big}
                        """,
                "file.yaml:3: student: heads[1].name is 'a', as heads[0].name is; expected unique names",
                "file.yaml:6: teachers[0]: heads are given, but no training; expected `training` beside them, which trains the teacher with its heads",
                "file.yaml:7: teachers[1]: name is 'self', by which losses mean the student itself; expected another name");
    }

    @Test
    void aTemperatureIsANumberOrGoesFromOneToAnother() {
        assertFaults(
                Samples.MINIMAL + TEACHER
                        + """
                        losses:
                          - {name: a, kind: output, teacher: big, temperature: {from: 1}}
                          - {name: b, kind: output, teacher: big, temperature: {from: 0, to: 4}}
                          - {name: c, kind: output, teacher: big, temperature: 0}
                          - {name: d, kind: output, teacher: big, temperature: hot}
                        """,
                "file.yaml:7: losses[0].temperature.to: missing; expected a number",
                "file.yaml:8: losses[1]: temperature.from is 0.0; expected more than 0 and finite",
                "file.yaml:9: losses[2]: temperature is 0.0; expected more than 0 and finite",
                "file.yaml:10: losses[3].temperature: is 'hot'; expected a number");
    }

    @Test
    void namesAreUniqueAndPlain() {
        assertFaults(
                Samples.MINIMAL
                        + """
                        teachers:
                          - {name: big, model: savedmodels/big}
                          - {name: big, model: savedmodels/bigger}
                        losses:
                          - {name: a, kind: output, teacher: big}
                          - {name: a/b, kind: output, teacher: big}
                          - {name: a, kind: output, teacher: big}
                        methods:
                          "a b": {}
                        """,
                "file.yaml:7: teachers[1].name is 'big', as teachers[0].name is; expected unique names",
                "file.yaml:10: losses[1].name is 'a/b'; expected letters, digits, - and _",
                "file.yaml:11: losses[2].name is 'a', as losses[0].name is; expected unique names",
                "file.yaml:12: methods has 'a b'; expected letters, digits, - and _");
    }

    /** It would be trained in the folder that holds the teachers, and its export would replace one named student. */
    @Test
    void noMethodIsNamedForTheTeachersFolder() {
        assertFaults(
                Samples.MINIMAL + "methods:\n  teachers: {}\n  Teachers: {}\n",
                "file.yaml:5: methods has 'teachers', the folder of a run's teachers; expected another name",
                "file.yaml:5: methods has 'Teachers', the folder of a run's teachers; expected another name");
    }

    @Test
    void thereIsSomethingToLearnFrom() {
        assertFaults(
                Samples.MINIMAL + "supervised: {weight: 0}\n",
                "file.yaml:1: losses is empty and supervised.weight is 0; expected something to learn from");
    }

    @Test
    void anUntrainedTeacherNeedsTraining() {
        assertFaults(
                Samples.MINIMAL + "teachers:\n- name: big\n  model: zoo:resnet8",
                "file.yaml:7: teachers[0]: model is zoo:resnet8, which is untrained; expected `training` beside it, or a trained SavedModel");
    }

    @Test
    void anAssistantLearnsFromTeachersBeforeIt() {
        assertFaults(
                Samples.MINIMAL
                        + """
                        teachers:
                          - name: first
                            model: zoo:resnet8
                            losses: [{name: a, kind: output, teacher: second}]
                            training: {epochs: 1, batch-size: 8, optimizer: {kind: sgd, learning-rate: 0.1}}
                          - name: second
                            model: zoo:resnet8
                            losses:
                              - {name: a, kind: output, teacher: second}
                              - {name: a, kind: output, teacher: [first, third]}
                            training: {epochs: 1, batch-size: 8, optimizer: {kind: sgd, learning-rate: 0.1}}
                          - name: third
                            model: zoo:resnet8
                            supervised: {weight: 0}
                            gate: {kind: random, method: SCKD}
                            training: {epochs: 1, batch-size: 8, optimizer: {kind: sgd, learning-rate: 0.1}}
                        methods: {SCKD: {}}
                        """,
                "file.yaml:8: teachers[0].losses[0].teacher is 'second', which is no teacher before 'first'; there is none before it",
                "file.yaml:13: teachers[1].losses[0].teacher is 'second', which is no teacher before 'second'; known: first",
                "file.yaml:14: teachers[1].losses[1].name is 'a', as teachers[1].losses[0].name is; expected unique names",
                "file.yaml:14: teachers[1].losses[1].teacher[1] is 'third', which is no teacher before 'second'; known: first",
                "file.yaml:16: teachers[2].losses is empty and supervised.weight is 0; expected something to learn from",
                "file.yaml:19: teachers[2].gate.method is 'SCKD', but teachers are trained before the methods; expected rate, or run with the directory of a run");
    }

    @Test
    void onlyATeacherThatIsTrainedHasLosses() {
        assertFaults(
                Samples.MINIMAL
                        + """
                        teachers:
                          - {name: big, model: savedmodels/big}
                          - name: a
                            model: savedmodels/a
                            losses: [{name: a, kind: output, teacher: big}]
                          - {name: b, model: savedmodels/b, supervised: {weight: 2}}
                          - {name: c, model: savedmodels/c, gate: cosine}
                        """,
                "file.yaml:9: teachers[1]: losses is given, but the teacher is taken as it is; expected `training` beside it",
                "file.yaml:10: teachers[2]: supervised is given, but the teacher is taken as it is; expected `training` beside it",
                "file.yaml:11: teachers[3]: gate is given, but the teacher is taken as it is; expected `training` beside it");
    }

    @Test
    void modelsHaveANameOrADirectory() {
        assertFaults(
                Samples.MINIMAL.replace("zoo:plain-cnn-2", "zoo:plan-cnn-2"),
                "file.yaml:3: student.model: unknown architecture 'plan-cnn-2'; nearest: plain-cnn-2");
        assertFaults(
                Samples.MINIMAL.replace("zoo:plain-cnn-2", ""),
                "file.yaml:3: student.model: is empty; expected zoo:NAME or a SavedModel's directory");
    }

    @Test
    void unknownDataSetsNameTheNearest() {
        assertFaults(
                Samples.MINIMAL.replace("shapes", "cifar-10"),
                "file.yaml:2: data.dataset: unknown data set 'cifar-10'; nearest: cifar10");
        assertFaults(
                Samples.MINIMAL.replace("shapes", "[shapes]"),
                "file.yaml:2: data.dataset: is a list; expected the name of a data set");
    }

    @Test
    void methodsAreCheckedAsTheExperimentIs() {
        assertFaults(
                Samples.MINIMAL
                        + """
                        methods:
                          A: {losses: [{name: a, kind: output, teacher: big, temprature: 2}]}
                          B: {data: {dataset: cifar10}}
                        """,
                "file.yaml:6: methods.A.losses[0].temprature: unknown key; nearest: temperature",
                "file.yaml:6: methods.A.losses[0].teacher is 'big', but there are no teachers; expected it under teachers",
                "file.yaml:7: methods.B.data: unknown key; known: gate, losses, note, stages, student, supervised, training");
        assertFaults(
                Samples.MINIMAL
                        + """
                        methods:
                          A:
                            losses:
                            - {name: a, kind: output, teacher: big}
                          B: {supervised: {weight: 0}}
                        """,
                "file.yaml:8: methods.A.losses[0].teacher is 'big', but there are no teachers; expected it under teachers",
                "file.yaml:9: methods.B.losses is empty and supervised.weight is 0; expected something to learn from");
    }

    @Test
    void stagesAreCheckedAsTheExperimentIs() {
        assertFaults(
                Samples.MINIMAL + TEACHER
                        + """
                        stages:
                          - {name: a b}
                          - {name: hint, losses: [{name: a, kind: output, teacher: bog}]}
                          - {name: hint, supervised: {weight: 0}}
                        methods:
                          A:
                            stages:
                              - {name: own, losses: [{name: a, kind: output, teacher: bag}]}
                          B: {supervised: {weight: 0}, losses: [{name: a, kind: output, teacher: big}], stages: [{name: c, losses: []}]}
                        """,
                "file.yaml:7: stages[0].name is 'a b'; expected letters, digits, - and _",
                "file.yaml:8: stages[1].losses[0].teacher is 'bog', which is no teacher; nearest: big",
                "file.yaml:9: stages[2].name is 'hint', as stages[1].name is; expected unique names",
                "file.yaml:9: stages[2].losses is empty and supervised.weight is 0; expected something to learn from",
                "file.yaml:13: methods.A.stages[0].losses[0].teacher is 'bag', which is no teacher; nearest: big",
                "file.yaml:14: methods.B.stages[0].losses is empty and supervised.weight is 0; expected something to learn from");
        assertFaults(
                Samples.MINIMAL + "stages: [{name: hint, student: {model: savedmodels/other}}, {}]",
                "file.yaml:5: stages[0].student: unknown key; known: gate, losses, name, supervised, training",
                "file.yaml:5: stages[1].name: missing; expected a name");
    }

    @Test
    void aFaultIsOneLineWhateverTheFileHolds() {
        assertFaults(
                Samples.MINIMAL + "seed: \"" + "x".repeat(70) + "\"\n\"a\\nb\\e[31m\": 1\n",
                "file.yaml:5: seed: is the text '" + "x".repeat(60) + "…'; expected a whole number",
                "file.yaml:6: a b [31m: unknown key; known: data, gate, losses, methods, name, seed, stages, student, supervised, teachers, training");
    }

    private static void assertFaults(String text, String... lines) {
        var fault = catchThrowableOfType(UserException.class, () -> Samples.read(text));
        assertThat(fault).isNotNull();
        assertThat(fault).hasMessage(String.join("\n", lines));
    }
}
