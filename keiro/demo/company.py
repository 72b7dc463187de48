"""The whole simulated company: every part drawn in order, from one seed."""

from dataclasses import dataclass

from keiro.demo.ads import AdsCost, simulate_ads
from keiro.demo.arrays import stream
from keiro.demo.company_calendar import company_calendar
from keiro.demo.crm import Crm, build_crm
from keiro.demo.events import Events, simulate_events, thin_by_outage
from keiro.demo.incidents import plan_incidents
from keiro.demo.lives import Population, live
from keiro.demo.nurture import Mails, enrol, simulate_mails, with_lift
from keiro.demo.parameters import DemoParameters
from keiro.demo.people import join_people, outbound_people, web_people
from keiro.demo.seminars import Seminars, new_people, plan_seminars, seat_people
from keiro.demo.sessions import Sessions, simulate_sessions
from keiro.demo.traffic import Traffic, assign_traffic


@dataclass(frozen=True)
class Company:
    """Everything that happens in the demo, the future after `end` included."""

    population: Population
    seminars: Seminars
    sessions: Sessions
    traffic: Traffic
    all_events: Events
    recorded_events: Events
    crm: Crm
    ads: AdsCost
    mails: Mails | None  # of the nurture scenarios; null without any

    @property
    def parameters(self) -> DemoParameters:
        """The parameters that the company was simulated with."""
        return self.population.parameters


def simulate_company(parameters: DemoParameters, incidents_wanted: bool) -> Company:
    """Simulate all parts; the same parameters give the same company."""
    seed = parameters.seed
    calendar = company_calendar(parameters)
    incidents = plan_incidents(parameters, calendar, incidents_wanted)
    web = web_people(parameters, calendar, stream(seed, "web"))
    planned = plan_seminars(parameters, calendar, stream(seed, "seminars"))
    people = join_people(web, new_people(parameters, planned, stream(seed, "registrants")))
    seminars = seat_people(planned, people, len(web), stream(seed, "seats"))
    if parameters.outbound:
        people = join_people(
            people, outbound_people(parameters, calendar, stream(seed, "outbound"))
        )
    nurtured = enrol(parameters, people, stream(seed, "nurtured")) if parameters.nurture else None
    if nurtured:
        people = with_lift(parameters, people, nurtured)
    lives = live(parameters, calendar, incidents, people)
    population = Population(parameters, calendar, incidents, people, lives)
    sessions = simulate_sessions(population, stream(seed, "sessions"))
    traffic = assign_traffic(parameters, sessions, stream(seed, "traffic"))
    events = simulate_events(parameters, sessions, stream(seed, "events"))
    return Company(
        population=population,
        seminars=seminars,
        sessions=sessions,
        traffic=traffic,
        all_events=events,
        recorded_events=thin_by_outage(parameters, incidents, events, stream(seed, "outage")),
        crm=build_crm(population, sessions),
        ads=simulate_ads(parameters, sessions, traffic, stream(seed, "ads")),
        mails=simulate_mails(population, nurtured, stream(seed, "mails")) if nurtured else None,
    )
