// Input {url, key, teacher, learner, activity, course, given, maximum, completed}: sends a grade and a completion in one
// envelope, as a sensor made with 1EdTech's library does. Prints the envelope. A failure to send ends the program.
import caliper from 'ims-caliper';
import {printResult, readInput} from './stdin_json.mjs';

const input = await readInput();
const {
  AssignableDigitalResource, AssignableEvent, Attempt, CourseSection, EntityFactory, EventFactory, GradeEvent, HttpClient,
  HttpOptions, Person, Score, Sensor
} = caliper;
const entity = (type, properties) => EntityFactory().create(type, properties);

const teacher = entity(Person, {id: input.teacher});
const learner = entity(Person, {id: input.learner});
const course = entity(CourseSection, {id: input.course});
const assignable = entity(AssignableDigitalResource, {id: input.activity, name: 'Essay'});
const attempt = entity(Attempt, {
  id: `${input.activity}&attempt=1`, assignee: learner, assignable, count: 1
});
const score = entity(Score, {
  id: `${input.activity}&score=1`, attempt, maxScore: input.maximum, scoreGiven: input.given, scoredBy: teacher
});
const eventTime = '2026-08-31T08:00:00.000Z';
const grade = EventFactory().create(GradeEvent, {
  id: 'urn:uuid:a50ca17f-5971-47bb-8fca-4e6e6879001d', actor: teacher, action: 'Graded', object: attempt,
  generated: score, group: course, eventTime
});
const done = EventFactory().create(AssignableEvent, {
  id: 'urn:uuid:b50ca17f-5971-47bb-8fca-4e6e6879001d', actor: learner, action: 'Completed',
  object: entity(AssignableDigitalResource, {id: input.completed}), group: course, eventTime
});

Sensor.initialize('https://lms.example.edu/sensor');
HttpClient.initialize('https://lms.example.edu/sensor/client', {
  ...HttpOptions, url: input.url, method: 'POST', json: true,
  headers: {'Content-Type': 'application/json', Authorization: `Bearer ${input.key}`}
});
Sensor.registerClient(HttpClient);
const envelope = Sensor.createEnvelope({data: [grade, done]});
Sensor.sendToClient(HttpClient, envelope);
printResult(envelope);
